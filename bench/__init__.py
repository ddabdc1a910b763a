"""What `./o2c bench` measures. Figures are ratios within one run, never asserted by a timed test.

Each bench is a module with `run(bench)`; `tools/benching.py` lists them with what they need.
"""
