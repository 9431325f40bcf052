package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.DeliveryAck;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Tells the owner of a session what became of its deliveries. */
final class DeliveryReports {

  private static final int RECORD_SIZE = 256;

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final Duration ackLinger;
  private final Clock clock;
  private final CloseFlow closing;

  DeliveryReports(
      Uplink uplink, EdgeIdentity identity, Duration ackLinger, Clock clock, CloseFlow closing) {
    this.uplink = uplink;
    this.identity = identity;
    this.ackLinger = ackLinger;
    this.clock = clock;
    this.closing = closing;
  }

  /** The client acknowledged; waits a little for company. */
  void acknowledged(Connection connection, long deliveryId) {
    if (connection.deliveries().acknowledged(deliveryId)) {
      connection.timers().later(ackLinger, () -> flush(connection));
    }
  }

  /** It ended otherwise, and that is final. */
  void gaveUp(Connection connection, long deliveryId, DeliveryOutcome outcome, int reasonCode) {
    connection.deliveries().givenUp().add(new GivenUp.Entry(deliveryId, outcome, reasonCode));
    submit(connection, List.of(deliveryId), outcome, reasonCode);
  }

  /** The owner forgot what it was told. */
  void again(Connection connection, long deliveryId) {
    GivenUp.Entry entry = connection.deliveries().givenUp().find(deliveryId);
    if (entry == null) {
      acknowledged(connection, deliveryId);
    } else {
      submit(connection, List.of(deliveryId), entry.outcome(), entry.reasonCode());
    }
  }

  void flush(Connection connection) {
    List<Long> deliveryIds = connection.deliveries().takeAcknowledged();
    if (!deliveryIds.isEmpty()) {
      submit(connection, deliveryIds, DeliveryOutcome.ACKNOWLEDGED, ReasonCode.SUCCESS);
    }
  }

  private void submit(
      Connection connection, List<Long> deliveryIds, DeliveryOutcome outcome, int reasonCode) {
    String clientId = connection.client().clientId();
    DeliveryAck ack =
        new DeliveryAck(
            identity.region(),
            identity.edge(),
            identity.lane(),
            clientId,
            connection.epoch(),
            deliveryIds,
            outcome,
            reasonCode,
            clock.instant());
    // Bounded by the window: no acknowledgement without a delivery.
    uplink.submit(
        Topics.DELIVERY_ACKS,
        clientId,
        ack,
        RECORD_SIZE + Long.BYTES * deliveryIds.size(),
        failure -> {
          if (failure != null) {
            connection.execute(() -> closing.close(connection, Closure.UPLINK_FAILED));
          }
        });
  }
}
