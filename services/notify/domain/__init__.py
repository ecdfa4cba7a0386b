"""What an alert is and when it is mailed: pure, no clock, no network."""
