package io.mqttsentinel.authverifier;

import io.mqttsentinel.authverifier.TravelWatch.Login;
import io.mqttsentinel.runtime.Origin;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.StoreSweep;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.KnownUser;
import io.mqttsentinel.schemas.RemoteAddress;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.UserConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The user names of one partition: who is connected under each, and from where. A user name keeps
 * one connection more than the client ids that it may have; with so many it counts as shared.
 */
final class UserWatch {

  static final String CREDENTIALS_SHARED = "credentials_shared";
  static final String USER_NAME_SHARED = "user_name_shared";

  /** Short enough for what is reported because it lasts. */
  private static final Duration PASS = Duration.ofSeconds(10);

  private static final int ADDRESSES_SHOWN = 5;
  private static final Comparator<UserConnection> OLDEST_FIRST =
      Comparator.comparing(UserConnection::getAt);

  private final UsersConfig config;
  private final TravelWatch travel;
  private final Origins origins;
  private final KeyValueStore<String, KnownUser> store;
  private final KeyValueStore<String, Long> livesOver;
  private final StoreSweep<KnownUser> sweep;
  private final Instant attentiveSince;

  /**
   * @param livesOver of each edge the boot id of the newest life that is over
   * @param now before it nobody counted what happened meanwhile
   */
  UserWatch(
      UsersConfig config,
      TravelWatch travel,
      Origins origins,
      KeyValueStore<String, KnownUser> store,
      KeyValueStore<String, Long> livesOver,
      Instant now) {
    this.config = config;
    this.travel = travel;
    this.origins = origins;
    this.store = store;
    this.livesOver = livesOver;
    this.sweep = new StoreSweep<>(store, PASS);
    this.attentiveSince = now;
  }

  /** What was found about a user name, and its newest connection. */
  record Found(Finding finding, String username, UserConnection last) {}

  /** Takes a successful login. */
  List<Found> connected(String username, AuthAudit audit, Instant now) {
    KnownUser user = store.get(username);
    if (user == null) {
      user = KnownUser.newBuilder().build();
    }
    List<UserConnection> before = current(user, audit.getAt());
    UserConnection last = connection(audit);
    List<UserConnection> connections = new ArrayList<>(before);
    connections.removeIf(one -> one.getClientId().equals(audit.getClientId()));
    connections.add(last);
    if (connections.size() > config.clientIds() + 1) {
      connections.remove(dispensable(connections));
    }
    user.setConnections(connections);
    List<Found> found = new ArrayList<>(0);
    if (isShared(user)) {
      user.setOverlapSince(null);
      if (!user.getManyReported()) {
        user.setManyReported(true);
        found.add(new Found(many(), username, last));
      }
    } else {
      journey(user, before, last)
          .ifPresent(finding -> found.add(new Found(finding, username, last)));
      compare(user, now);
      sharing(user, now).ifPresent(finding -> found.add(new Found(finding, username, last)));
    }
    store.put(username, user);
    return found;
  }

  /** Takes the end of a connection. */
  void disconnected(String username, AuthAudit audit, Instant now) {
    KnownUser user = store.get(username);
    if (user == null) {
      return;
    }
    for (UserConnection one : user.getConnections()) {
      if (one.getClientId().equals(audit.getClientId()) && one.getEpoch() == audit.getEpoch()) {
        one.setClosedAt(audit.getAt());
        compare(user, now);
        store.put(username, user);
        return;
      }
    }
  }

  /** Takes the news that an edge is gone, or began another life. */
  void over(EdgeEvent edge) {
    long life = edge.getBootId() - (edge.getType() == EdgeEventType.STARTED ? 1 : 0);
    String key = edge.getRegion() + '/' + edge.getEdge();
    Long known = livesOver.get(key);
    if (known == null || known < life) {
      livesOver.put(key, life);
    }
  }

  /** Looks at the next user names in turn: reports what has lasted, forgets who is long gone. */
  List<Found> sweep(Instant now, int most) {
    List<Found> found = new ArrayList<>(0);
    sweep.next(
        now,
        most,
        (username, user) -> {
          user.setConnections(current(user, now));
          if (user.getConnections().isEmpty() || !config.concerns(username)) {
            store.delete(username);
            return;
          }
          if (user.getOverlapSince() == null || isShared(user)) {
            return;
          }
          compare(user, now);
          UserConnection last = user.getConnections().getLast();
          sharing(user, now).ifPresent(finding -> found.add(new Found(finding, username, last)));
          store.put(username, user);
        });
    return found;
  }

  private boolean isShared(KnownUser user) {
    return user.getConnections().size() > config.clientIds();
  }

  /** Those that are open, and those that count for the number of client ids. */
  private List<UserConnection> current(KnownUser user, Instant at) {
    Instant oldest = at.minus(config.window());
    List<UserConnection> current = new ArrayList<>(user.getConnections().size() + 1);
    for (UserConnection one : user.getConnections()) {
      if (isOpen(one) && isOver(one)) {
        one.setClosedAt(one.getAt()); // when is not known
      }
      if (isOpen(one) || one.getClosedAt().isAfter(oldest)) {
        current.add(one);
      }
    }
    return current;
  }

  private static boolean isOpen(UserConnection connection) {
    return connection.getClosedAt() == null;
  }

  private boolean isOver(UserConnection connection) {
    Long over = livesOver.get(connection.getRegion() + '/' + connection.getEdge());
    return over != null && connection.getBootId() <= over;
  }

  private static UserConnection dispensable(List<UserConnection> connections) {
    Stream<UserConnection> closed = connections.stream().filter(one -> !isOpen(one));
    return closed
        .min(OLDEST_FIRST)
        .orElseGet(() -> connections.stream().min(OLDEST_FIRST).orElseThrow());
  }

  /** Notes whether it is connected from several networks, and since when. */
  private void compare(KnownUser user, Instant now) {
    if (networks(user) < config.networks() || isShared(user)) {
      user.setOverlapSince(null);
    } else if (user.getOverlapSince() == null) {
      user.setOverlapSince(now);
    }
  }

  private static long networks(KnownUser user) {
    return open(user).mapToInt(UserConnection::getNetwork).distinct().count();
  }

  private static Stream<UserConnection> open(KnownUser user) {
    return user.getConnections().stream()
        .filter(one -> isOpen(one) && one.getNetwork() != Origin.UNKNOWN.network());
  }

  /** What has lasted so long that no device that moves explains it. */
  private Optional<Finding> sharing(KnownUser user, Instant now) {
    Instant since = user.getOverlapSince();
    if (since == null || !hasLasted(since, now) || reportedLately(user, now)) {
      return Optional.empty();
    }
    user.setReportedAt(now);
    Map<String, String> why = new LinkedHashMap<>();
    why.put("observed", networks(user) + " networks");
    why.put("threshold", config.networks() + " networks for " + config.overlap());
    why.put("client_ids", Long.toString(open(user).count()));
    why.put(
        "addresses",
        String.join(
            ", ",
            open(user)
                .map(one -> RemoteAddress.host(one.getRemoteAddress()))
                .distinct()
                .limit(ADDRESSES_SHOWN)
                .toList()));
    return Optional.of(
        LoginEvents.finding(
            CREDENTIALS_SHARED,
            Severity.HIGH,
            "The user name is connected from several networks at once",
            why));
  }

  private boolean hasLasted(Instant since, Instant now) {
    Instant from = since.isAfter(attentiveSince) ? since : attentiveSince;
    return !now.isBefore(from.plus(config.overlap()));
  }

  private boolean reportedLately(KnownUser user, Instant now) {
    return user.getReportedAt() != null && now.isBefore(user.getReportedAt().plus(config.window()));
  }

  /** Between two client ids of a user; a client id that travels is found where it is watched. */
  private Optional<Finding> journey(
      KnownUser user, List<UserConnection> before, UserConnection last) {
    if (!travel.isDue(user.getTravelReportedAt(), last.getAt())) {
      return Optional.empty();
    }
    Optional<Finding> finding =
        before.isEmpty() || before.getLast().getClientId().equals(last.getClientId())
            ? Optional.empty()
            : travel.between("user", login(before.getLast()), login(last));
    if (finding.isPresent()) {
      user.setTravelReportedAt(last.getAt());
    }
    return finding;
  }

  private Finding many() {
    return LoginEvents.finding(
        USER_NAME_SHARED,
        Severity.LOW,
        "Many client ids use the user name: it counts as shared by design",
        Map.of(
            "observed", "more than " + config.clientIds() + " client ids",
            "threshold", Integer.toString(config.clientIds()),
            "window", config.window().toString()));
  }

  private static Login login(UserConnection connection) {
    return new Login(connection.getAt(), connection.getRemoteAddress());
  }

  private UserConnection connection(AuthAudit audit) {
    return new UserConnection(
        audit.getClientId(),
        audit.getEpoch(),
        audit.getRegion(),
        audit.getEdge(),
        bootId(audit.getProducer()),
        audit.getRemoteAddress(),
        origins.of(audit.getRemoteAddress()).network(),
        audit.getAt(),
        null);
  }

  /** An edge names its chain of audit records by its life: {@code edge/boot id}, in base 36. */
  private static long bootId(String producer) {
    try {
      return Long.parseLong(producer.substring(producer.lastIndexOf('/') + 1), Character.MAX_RADIX);
    } catch (NumberFormatException e) {
      return 0; // of any life: over with the next one
    }
  }
}
