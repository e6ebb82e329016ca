"""The pages, against a real server: what they show, what their forms do, what they refuse."""
