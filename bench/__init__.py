"""What `./o2c bench` measures. Figures are told as ratios within one run, never asserted by a timed test."""
