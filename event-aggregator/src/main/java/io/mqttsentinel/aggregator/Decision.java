package io.mqttsentinel.aggregator;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.SecurityEvent;
import java.util.Optional;

/** A message with its verdict, and what analysts are told of it; nothing for a plain allow. */
record Decision(InspectedMessage message, Optional<SecurityEvent> event) {

  Action action() {
    return message.getVerdict().getAction();
  }
}
