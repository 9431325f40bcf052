package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;

/** What an authenticator gets to see. */
record ConnectAttempt(
    String clientId,
    @Nullable String username,
    @Nullable Password password,
    String remoteAddress) {}
