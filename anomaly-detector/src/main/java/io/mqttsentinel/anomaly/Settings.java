package io.mqttsentinel.anomaly;

import io.mqttsentinel.runtime.ResponseConfig;

/** Everything that can be configured about the detectors, and what they lead to. */
record Settings(
    AnomalyDetectorConfig limits,
    BaselineConfig baseline,
    DetectorModes modes,
    ResponseConfig responses) {}
