package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SubscriptionChange;
import org.apache.avro.specific.SpecificRecord;

/** Where goes what a task has to say. Records to the same place keep their order. */
interface Outbox {

  /** Tells the edge of this lane; {@code body} is one of the bodies of a Downlink. */
  void downlink(int lane, SpecificRecord body);

  /** Tells the routers that serve the topic filter. */
  void subscriptionChange(SubscriptionChange change);

  /** Tells the owner of this client's session, and of all other targets of the message. */
  void routed(String clientId, RoutedMessage message);

  /** Tells the router of the message's topic, which is to find another target. */
  void handOn(RoutedMessage message);

  /** A message that is to be inspected like any other. */
  void inbound(InspectedMessage message);

  /** Tells the owner of a session, and who else follows sessions, in the name of an edge. */
  void sessionEvent(SessionEvent event);

  /** Into this task's own partition of edge.events. */
  void edgeEvent(EdgeEvent event);

  /** Tells the tasks of all partitions. */
  void edgeOver(EdgeEvent event);
}
