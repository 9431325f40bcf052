package io.mqttsentinel.fanout;

import io.mqttsentinel.schemas.DeliveryWindow;
import io.mqttsentinel.schemas.QueuedMessage;
import java.util.List;

/**
 * How far the deliveries of one session got. Delivery ids ascend, and are sent in that order: what
 * is out to the connection is exactly what is in the queue with an id up to {@code sentUpTo}. A
 * queued message writes only its own entry; the rest of this is written when something was
 * acknowledged, and found again by reading the entries that came later.
 */
final class Window {

  private final long idFloor;
  private long lastId;
  private long sentUpTo;
  private long sentBefore;
  private long droppedUpTo;
  private long clearedOffset = -1;
  private long routedOffset = -1;
  private int queued;
  private int inFlight;
  private long bytes;
  private boolean untold; // an entry was found that the stored window does not know
  private int idsLeft; // that may be given before one could have a packet id that is in use

  /**
   * Of a session without a queue.
   *
   * @param idFloor new delivery ids are above it
   */
  Window(long idFloor) {
    this.idFloor = idFloor;
  }

  /** Of a session whose queue is still to be read; {@code stored} may be null. */
  static Window of(DeliveryWindow stored, long connection, long idFloor) {
    Window window = new Window(idFloor);
    if (stored == null) {
      return window;
    }
    window.lastId = stored.getLastId();
    window.clearedOffset = stored.getClearedOffset();
    window.routedOffset = stored.getRoutedOffset();
    window.sentBefore = stored.getSentBefore();
    if (connection != 0 && stored.getEpoch() == connection) {
      window.sentUpTo = stored.getSentUpTo();
    } else {
      window.sentBefore = Math.max(stored.getSentBefore(), stored.getSentUpTo());
    }
    return window;
  }

  /** An entry of the queue was read; entries come in order of their ids. */
  void found(long id, QueuedMessage entry, int size, long connection) {
    untold |= !hasQueued(entry.getRouted(), entry.getOffset());
    note(id, entry.getRouted(), entry.getOffset(), size);
    boolean sentNow = connection != 0 && entry.getSentEpoch() == connection;
    if (sentNow || id <= sentUpTo) {
      sentUpTo = Math.max(sentUpTo, id);
      inFlight++;
    } else if (entry.getSentEpoch() != 0) {
      sentBefore = Math.max(sentBefore, id);
    }
  }

  /** Whether only the entries that were found say how far the session's messages were queued. */
  boolean isKnownByEntriesOnly() {
    return untold;
  }

  /** Whether the message at this offset was queued before. */
  boolean hasQueued(boolean routed, long offset) {
    return offset <= (routed ? routedOffset : clearedOffset);
  }

  /** A message was queued; returns its delivery id. */
  long add(boolean routed, long offset, int size) {
    long id = nextId();
    idsLeft = queued == 0 ? PacketIds.COUNT - 1 : idsLeft - 1;
    note(id, routed, offset, size);
    return id;
  }

  /** Whether {@link #keepApartFrom} has to be called before the next message is added. */
  boolean mayRepeatPacketId() {
    return queued > 0 && idsLeft <= 0;
  }

  /** Skips delivery ids whose packet ids belong to messages of the queue. */
  void keepApartFrom(List<Long> ids) {
    idsLeft = idsBefore(ids);
    while (idsLeft == 0) {
      lastId = nextId();
      idsLeft = idsBefore(ids);
    }
  }

  void sent(long id) {
    sentUpTo = id;
    inFlight++;
  }

  void removed(long id, int size) {
    queued--;
    bytes -= size;
    if (id <= sentUpTo) {
      inFlight--;
    }
  }

  /** As {@link #removed}, of the oldest that waits: no need to look for older ones again. */
  void dropped(long id, int size) {
    removed(id, size);
    droppedUpTo = id;
  }

  /** Nothing is out any more: the connection ended, or another one took its place. */
  void connectionEnded() {
    sentBefore = Math.max(sentBefore, sentUpTo);
    sentUpTo = 0;
    droppedUpTo = 0;
    inFlight = 0;
  }

  /** Every entry that waits has a higher id. */
  long waitsAfter() {
    return Math.max(sentUpTo, droppedUpTo);
  }

  long sentUpTo() {
    return sentUpTo;
  }

  /** Whether an earlier connection got it: DUP (MQTT-3.3.1-1). */
  boolean isRepeated(long id) {
    return id <= sentBefore;
  }

  int waiting() {
    return queued - inFlight;
  }

  int inFlight() {
    return inFlight;
  }

  int queued() {
    return queued;
  }

  long bytes() {
    return bytes;
  }

  DeliveryWindow stored(long connection) {
    untold = false;
    return new DeliveryWindow(
        connection, lastId, sentUpTo, sentBefore, clearedOffset, routedOffset);
  }

  private long nextId() {
    return PacketIds.next(lastId, idFloor);
  }

  private int idsBefore(List<Long> taken) {
    long next = nextId();
    return taken.stream().mapToInt(id -> PacketIds.before(id, next)).min().orElse(PacketIds.COUNT);
  }

  private void note(long id, boolean routed, long offset, int size) {
    lastId = Math.max(lastId, id);
    if (routed) {
      routedOffset = Math.max(routedOffset, offset);
    } else {
      clearedOffset = Math.max(clearedOffset, offset);
    }
    queued++;
    bytes += size;
  }
}
