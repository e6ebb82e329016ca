"""KOReader's own plugin against the server: recorded exchanges for every test run, the living client for whoever has it."""
