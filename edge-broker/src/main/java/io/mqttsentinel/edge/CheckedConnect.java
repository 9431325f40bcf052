package io.mqttsentinel.edge;

/** What became of a CONNECT's protocol checks. */
sealed interface CheckedConnect permits ConnectRequest, CheckedConnect.Refused {

  record Refused(Refusal refusal) implements CheckedConnect {}
}
