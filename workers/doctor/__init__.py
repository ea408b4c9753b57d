"""What is wrong with a deployment, and what to do about it: `saring doctor`."""

from workers.doctor.examine import examine as examine
from workers.doctor.finding import Finding as Finding
