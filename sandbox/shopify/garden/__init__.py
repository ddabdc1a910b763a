"""The shop to begin with: Garden Lane, garden accessories from the Netherlands."""
