package io.mqttsentinel.edge;

import java.util.concurrent.CompletionStage;

/** Knows of single topics whether a client may use them. Called on event loops: must not block. */
interface TopicBackend {

  /** Names it in metrics. */
  String name();

  /** Whether it is to be asked at all. */
  boolean isAsked();

  /**
   * Whether the client may do it. A stage that fails means that the backend could not answer.
   *
   * @param client as it connected, but without its password
   */
  CompletionStage<Boolean> isAllowed(ConnectAttempt client, TopicQuestion question);
}
