"""Logging in by the county's own accounts (OpenID Connect): what the issuer is asked, and which answers hold."""
