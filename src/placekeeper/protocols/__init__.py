"""What reading apps speak. One module per protocol, each blind to the others; all hand noted places to the services."""
