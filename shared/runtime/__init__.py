"""What every process needs: settings, logs, metrics, loops, health."""
