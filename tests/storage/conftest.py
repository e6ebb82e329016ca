"""The claims live in modules that are no test modules; their asserts are to speak as plainly as those of the others."""
