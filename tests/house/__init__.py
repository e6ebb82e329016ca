"""The rules of the house, as tests: who may import whom, how long things may be, what must be documented."""
