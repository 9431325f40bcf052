package io.mqttsentinel.anomaly;

/** Everything that can be configured about the detectors. */
record Settings(AnomalyDetectorConfig limits, BaselineConfig baseline, DetectorModes modes) {}
