"""Can it be trusted: the fault suite and the stand-in for the provider. Nothing that serves uses it."""
