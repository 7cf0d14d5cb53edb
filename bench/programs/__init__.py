"""The programs that are measured. Each speaks the protocol of `bench.measured`."""
