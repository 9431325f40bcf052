package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.ClientMessage;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.Downlink;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.SubscriptionApplied;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Hands what the lane brings to the connections it is for, in order. An epoch that is not here is
 * of another life. No more than so many things lie in the event loops' queues; then the lane waits.
 */
final class DownlinkDispatch {

  private static final int MOST_UNDER_WAY = 1 << 14;

  private final Connections connections;
  private final OpeningFlow openings;
  private final SubscribeAnswers answers;
  private final DeliveryFlow deliveries;
  private final CloseFlow closing;
  private final Semaphore room = new Semaphore(MOST_UNDER_WAY);

  DownlinkDispatch(
      Connections connections,
      OpeningFlow openings,
      SubscribeAnswers answers,
      DeliveryFlow deliveries,
      CloseFlow closing) {
    this.connections = connections;
    this.openings = openings;
    this.answers = answers;
    this.deliveries = deliveries;
    this.closing = closing;
  }

  void accept(Downlink downlink) throws InterruptedException {
    switch (downlink.getBody()) {
      case Delivery delivery -> deliver(delivery);
      case SessionOpened opened ->
          at(opened.getEpoch(), connection -> openings.sessionOpened(connection, opened));
      case SessionFenced fenced ->
          at(fenced.getEpoch(), connection -> closing.fenced(connection, fenced.getReasonCode()));
      case SubscriptionApplied applied ->
          at(applied.getEpoch(), connection -> answers.applied(connection, applied));
      default ->
          throw new IllegalArgumentException(
              "a downlink with %s, which this edge does not know"
                  .formatted(downlink.getBody().getClass().getSimpleName()));
    }
  }

  private void deliver(Delivery delivery) throws InterruptedException {
    ClientMessage message = delivery.getMessage();
    for (DeliveryTarget target : delivery.getTargets()) {
      at(target.getEpoch(), connection -> deliveries.deliver(connection, message, target));
    }
  }

  private void at(long epoch, Consumer<Connection> action) throws InterruptedException {
    Connection connection = connections.find(epoch);
    if (connection == null) {
      return;
    }
    room.acquire();
    boolean taken =
        connection.tryExecute(
            () -> {
              try {
                action.accept(connection);
              } finally {
                room.release();
              }
            });
    if (!taken) {
      room.release();
    }
  }
}
