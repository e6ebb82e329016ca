"""Reading untrusted files: publications as they come, within limits that are named and explained."""
