"""The edge: web server, command line, channels, staff pages; and the only place where the parts are wired together."""
