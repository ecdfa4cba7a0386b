"""What tests share: builders, fakes, servers, waiting."""
