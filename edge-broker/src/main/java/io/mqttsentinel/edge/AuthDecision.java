package io.mqttsentinel.edge;

/** An authenticator's answer. */
sealed interface AuthDecision {

  record Allow(Grant grant) implements AuthDecision {}

  /** Final: no further authenticator is asked. */
  record Deny(Refusal refusal) implements AuthDecision {}

  /** Not mine to decide. */
  record Ignore() implements AuthDecision {}
}
