"""Tasks that are over as OpenTelemetry traces, made afterwards of what the journal says of them."""
