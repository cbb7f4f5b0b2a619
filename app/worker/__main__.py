"""The worker that `importgate serve` starts beside itself."""

from app.logs import write_logs
from app.settings import available_cores, read_settings
from app.worker.process import run_worker

if __name__ == "__main__":
    settings = read_settings()
    write_logs(settings.log_level)
    run_worker(settings, available_cores(), as_child=True)
