package io.mqttsentinel.aggregator;

import io.micronaut.serde.annotation.Serdeable;

/** What went wrong, in words that say what was expected. */
@Serdeable
record ApiError(int status, String error, String message) {}
