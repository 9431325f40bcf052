package io.mqttsentinel.edge;

import java.util.concurrent.CompletionStage;

/** Decides who a client is and what it may do. Called on event loops: must not block. */
interface Authenticator {

  /** Names it in audit records and metrics. */
  String name();

  /** A stage that fails means that the backend could not answer. */
  CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt);
}
