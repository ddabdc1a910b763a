"""What stands behind `./o2c`. Standard library only: it runs before anything is installed."""
