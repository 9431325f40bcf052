package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import java.time.Duration;

/** An authenticator's answer. */
sealed interface AuthDecision {

  /**
   * @param cacheFor how long the backend wants it to be remembered, or null for the usual time
   */
  record Allow(Grant grant, @Nullable Duration cacheFor) implements AuthDecision {
    Allow(Grant grant) {
      this(grant, null);
    }
  }

  /** Final: no further authenticator is asked. */
  record Deny(Refusal refusal) implements AuthDecision {}

  /**
   * Not mine to decide.
   *
   * @param failed whether that is because the backend is in trouble: what comes of it must not be
   *     remembered
   */
  record Ignore(boolean failed) implements AuthDecision {
    Ignore() {
      this(false);
    }
  }
}
