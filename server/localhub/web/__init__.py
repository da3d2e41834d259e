"""The HTTP and WebSocket side: decode, ask a service, encode."""
