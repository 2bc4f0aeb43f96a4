"""The service catalog: what people can ask for, and the requests that come of it."""
