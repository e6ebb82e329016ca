"""What holds when the server is killed, stopped or restarted under load: real processes, real connections."""
