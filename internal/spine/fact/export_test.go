package fact

// SweepEvery is how long a lost wake can stay unnoticed.
const SweepEvery = sweepEvery
