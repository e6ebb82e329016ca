"""Storage engines. Each implements `domain.ports.Store`; they share the SQL of `statements` and the migrations."""
