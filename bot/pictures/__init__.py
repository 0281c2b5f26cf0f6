"""Pictures that clients send: fetched from the provider, cleaned, sealed, and kept."""
