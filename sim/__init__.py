"""The simulated reader, which measures the arbiter, and the named scenes, which it must get right. `make sim` runs both."""
