"""Use cases: the only callers of the ports. They know no protocol, no SQL and no HTTP."""
