package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * When failed logins and reconnects become too many. Each such case is a record in {@code
 * edge.events}; addresses and flapping clients are banned for a while on all edges. Accounts are
 * never banned for failed logins: that would let anybody lock them out.
 *
 * @param window that the following are counted in, roughly: a bucket that drains meanwhile
 * @param failuresPerAddress refused logins from one address, exempt ones excepted
 * @param failuresPerUsername refused logins with one user name
 * @param failuresPerClient refused logins with one client id
 * @param connectsPerClient successful connects of one client id
 * @param banFor how long who goes on is banned; 0s: not at all
 * @param suspectAfter failed logins from one address, exempt ones excepted, after which its clients
 *     are suspects: where the edge does not remember a decision on them they wait for each other,
 *     so that others find the backend free
 * @param suspectsAtOnce suspects of all addresses that a backend is asked about at the same time
 * @param suspectsPerSecond suspects that backends are asked about in a second; each such question
 *     costs this edge and the backend as much as that of a good client
 * @param suspectsWaiting suspects that may wait for that; more are refused at once (0x97)
 * @param suspectRefusals suspects from one address that found no place to wait, or waited in vain;
 *     their passwords were not looked at, so none of them is a refused login. An address that goes
 *     on is banned
 * @param suspectSocketsPerSecond sockets of suspects of all addresses that are listened to in a
 *     second. More are closed at once, before a TLS handshake and whoever is behind them, and count
 *     as suspects that found no place to wait
 */
@ConfigurationProperties("sentinel.edge.abuse")
record AbuseConfig(
    @Bindable(defaultValue = "60s") Duration window,
    @Bindable(defaultValue = "100") int failuresPerAddress,
    @Bindable(defaultValue = "50") int failuresPerUsername,
    @Bindable(defaultValue = "50") int failuresPerClient,
    @Bindable(defaultValue = "120") int connectsPerClient,
    @Bindable(defaultValue = "5m") Duration banFor,
    @Bindable(defaultValue = "3") int suspectAfter,
    @Bindable(defaultValue = "2") int suspectsAtOnce,
    @Bindable(defaultValue = "200") int suspectsPerSecond,
    @Bindable(defaultValue = "100") int suspectsWaiting,
    @Bindable(defaultValue = "100") int suspectRefusals,
    @Bindable(defaultValue = "500") int suspectSocketsPerSecond) {

  AbuseConfig {
    ConfigCheck.positive("sentinel.edge.abuse.window", window);
    ConfigCheck.atLeast("sentinel.edge.abuse.failures-per-address", failuresPerAddress, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.failures-per-username", failuresPerUsername, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.failures-per-client", failuresPerClient, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.connects-per-client", connectsPerClient, 1);
    ConfigCheck.require(!banFor.isNegative(), "sentinel.edge.abuse.ban-for", banFor, "0s or more");
    ConfigCheck.atLeast("sentinel.edge.abuse.suspect-after", suspectAfter, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.suspects-at-once", suspectsAtOnce, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.suspects-per-second", suspectsPerSecond, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.suspects-waiting", suspectsWaiting, 1);
    ConfigCheck.atLeast("sentinel.edge.abuse.suspect-refusals", suspectRefusals, 1);
    ConfigCheck.atLeast(
        "sentinel.edge.abuse.suspect-sockets-per-second", suspectSocketsPerSecond, 1);
  }
}
