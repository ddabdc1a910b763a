"""The main job, end to end: what `./o2c demo` runs and proves."""
