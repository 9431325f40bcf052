package io.mqttsentinel.edge;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A connection's filters, and its requests that the router has not applied yet. */
final class SubscribeState {

  private final Set<String> filters = new HashSet<>(2);
  private Map<Long, PendingRequest> pending;
  private long lastRequestId;

  void add(String filter) {
    filters.add(filter);
  }

  boolean remove(String filter) {
    return filters.remove(filter);
  }

  boolean has(String filter) {
    return filters.contains(filter);
  }

  int count() {
    return filters.size();
  }

  long nextRequestId() {
    return ++lastRequestId;
  }

  void await(long requestId, PendingRequest request) {
    if (pending == null) {
      pending = new HashMap<>(2);
    }
    pending.put(requestId, request);
  }

  PendingRequest pending(long requestId) {
    return pending == null ? null : pending.get(requestId);
  }

  PendingRequest done(long requestId) {
    if (pending == null) {
      return null;
    }
    PendingRequest request = pending.remove(requestId);
    if (pending.isEmpty()) {
      pending = null;
    }
    return request;
  }

  /** A SUBSCRIBE or UNSUBSCRIBE that waits until the router applied each of its parts. */
  static final class PendingRequest {
    private final boolean subscribe;
    private final int packetId;
    private final int[] codes;
    private final List<String> filters;
    private final Set<Integer> parts = new HashSet<>(2);

    PendingRequest(boolean subscribe, int packetId, int[] codes, List<String> filters) {
      this.subscribe = subscribe;
      this.packetId = packetId;
      this.codes = codes;
      this.filters = filters;
    }

    boolean isSubscribe() {
      return subscribe;
    }

    int packetId() {
      return packetId;
    }

    List<String> filters() {
      return filters;
    }

    int[] codes() {
      return codes;
    }

    /** Whether that was the last of all; a part that comes twice counts once. */
    boolean applied(int part, int of) {
      parts.add(part);
      return parts.size() >= of;
    }
  }
}
