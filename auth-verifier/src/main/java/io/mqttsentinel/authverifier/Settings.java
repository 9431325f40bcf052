package io.mqttsentinel.authverifier;

/** Everything that can be configured about how auth-verifier judges. */
record Settings(
    AuthVerifierConfig verifier,
    LoginWatchConfig logins,
    UsersConfig users,
    TravelConfig travel,
    LoginResponses responses) {}
