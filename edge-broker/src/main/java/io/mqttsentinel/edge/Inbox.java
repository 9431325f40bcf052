package io.mqttsentinel.edge;

import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;

/**
 * Packets that a client sent, in order. Those which must wait (for CONNACK, for room in the uplink,
 * for their predecessors) are kept here, and the socket is not read meanwhile: what is kept is no
 * more than what had been read already.
 */
final class Inbox {

  /** A client may send before CONNACK (MQTT 5.0, 3.1.4), but nobody has let it in yet. */
  private static final int MOST_BEFORE_CONNACK = 64;

  private final Connection connection;
  private final PacketDispatch dispatch;
  private final int mostUnderWay;
  private ArrayDeque<MqttMessage> held;
  private int underWay;
  private boolean waitsForRoom;

  Inbox(Connection connection, PacketDispatch dispatch, int mostUnderWay) {
    this.connection = connection;
    this.dispatch = dispatch;
    this.mostUnderWay = mostUnderWay;
  }

  /** Takes over the packet. False: it is one too many for a client that is not let in. */
  boolean receive(MqttMessage packet) {
    if (connection.isOver()) {
      ReferenceCountUtil.release(packet);
      return true;
    }
    boolean first = connection.state() == Connection.State.AWAITING_CONNECT;
    if (!first && (hasHeld() || mustWait())) {
      return hold(packet);
    }
    if (dispatch.dispatch(connection, packet)) {
      ReferenceCountUtil.release(packet);
    } else {
      hold(packet);
    }
    updateReading();
    return true;
  }

  /** Something that packets had to wait for may have changed. */
  void resume() {
    while (hasHeld() && !mustWait() && !connection.isOver()) {
      MqttMessage packet = held.peek();
      if (!dispatch.dispatch(connection, packet)) {
        break;
      }
      held.remove();
      ReferenceCountUtil.release(packet);
    }
    updateReading();
  }

  /** A packet is on its way through Kafka. */
  void started() {
    underWay++;
  }

  void finished() {
    underWay--;
    if (underWay == mostUnderWay || hasHeld()) {
      resume();
    }
  }

  void waitForRoom() {
    waitsForRoom = true;
  }

  void roomAgain() {
    waitsForRoom = false;
    resume();
  }

  /** Whether the client cannot be blamed for not being heard. */
  boolean isPaused() {
    return !connection.context().channel().config().isAutoRead();
  }

  void release() {
    if (held != null) {
      held.forEach(ReferenceCountUtil::release);
      held = null;
    }
  }

  private boolean mustWait() {
    return connection.state() != Connection.State.CONNECTED
        || waitsForRoom
        || underWay > mostUnderWay;
  }

  private boolean hasHeld() {
    return held != null && !held.isEmpty();
  }

  private boolean hold(MqttMessage packet) {
    if (held == null) {
      held = new ArrayDeque<>();
    }
    if (connection.state() != Connection.State.CONNECTED && held.size() >= MOST_BEFORE_CONNACK) {
      ReferenceCountUtil.release(packet);
      return false;
    }
    held.add(packet);
    return true;
  }

  private void updateReading() {
    if (connection.isOver()) {
      return;
    }
    boolean read =
        connection.state() == Connection.State.AWAITING_CONNECT || (!hasHeld() && !mustWait());
    connection.context().channel().config().setAutoRead(read);
  }
}
