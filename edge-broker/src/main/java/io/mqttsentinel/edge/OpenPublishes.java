package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/** A client's QoS 2 PUBLISHes from PUBLISH to PUBCOMP, by its packet ids (MQTT 5.0, 4.3.3). */
final class OpenPublishes {

  /** How far one got. */
  enum Stage {
    /** Known from an earlier connection, not repeated on this one. */
    RESTORED,
    /** PUBREC is owed. */
    RECEIVED,
    /** PUBREC went out. */
    ACKNOWLEDGED,
    /** PUBREL came, PUBCOMP is owed. */
    RELEASED
  }

  /** One of them. */
  static final class Open {
    private final ExactlyOnce identity;
    private Stage stage;
    private boolean counted;

    private Open(@Nullable ExactlyOnce identity, Stage stage) {
      this.identity = identity;
      this.stage = stage;
    }

    /** Null where the message was refused, and its client has no word for that. */
    @Nullable
    ExactlyOnce identity() {
      return identity;
    }

    Stage stage() {
      return stage;
    }

    void stage(Stage next) {
      stage = next;
    }

    /** Whether it was published on this connection, and so takes of its Receive Maximum. */
    boolean isCounted() {
      return counted;
    }

    void count() {
      counted = true;
    }
  }

  private final IntObjectMap<Open> open = new IntObjectHashMap<>(4);

  void restore(ExactlyOnce identity) {
    open.put(identity.getPacketId(), new Open(identity, Stage.RESTORED));
  }

  Open add(int packetId, @Nullable ExactlyOnce identity) {
    Open one = new Open(identity, Stage.RECEIVED);
    open.put(packetId, one);
    return one;
  }

  @Nullable
  Open find(int packetId) {
    return open.get(packetId);
  }

  void remove(int packetId) {
    open.remove(packetId);
  }
}
