package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import io.mqttsentinel.runtime.ConfigCheck;
import java.time.Duration;

/**
 * What happens when thousands of clients come or go at once. How many sessions may open at a time
 * grows while their owner answers within the target and shrinks when it does not; the others wait
 * at the edge, so that messages do not wait behind them.
 *
 * @param target time in which the owner of sessions should answer; 0s: any number may open at a
 *     time
 * @param least that may open at a time, however slow the owner is
 * @param most that may open at a time
 * @param waiting connections that may wait; more are refused (0x89)
 * @param patience how long one waits; then it is refused (0x89)
 * @param returnWithin where a thousand or more were cut off at once, all should be back in this
 *     time, and come evenly; 0s: as fast as they can
 * @param ends connections a second of which it is told that they ended; 0: any number
 * @param endsWithin the more wait to be told of, the more are: as many a second as would be all in
 *     this time
 */
@ConfigurationProperties("sentinel.edge.storm")
record StormConfig(
    @Bindable(defaultValue = "20ms") Duration target,
    @Bindable(defaultValue = "16") int least,
    @Bindable(defaultValue = "1000") int most,
    @Bindable(defaultValue = "50000") int waiting,
    @Bindable(defaultValue = "30s") Duration patience,
    @Bindable(defaultValue = "25s") Duration returnWithin,
    @Bindable(defaultValue = "1000") int ends,
    @Bindable(defaultValue = "15s") Duration endsWithin) {

  StormConfig {
    ConfigCheck.require(!target.isNegative(), "sentinel.edge.storm.target", target, "0s or more");
    ConfigCheck.atLeast("sentinel.edge.storm.least", least, 1);
    ConfigCheck.atLeast("sentinel.edge.storm.most", most, least);
    ConfigCheck.atLeast("sentinel.edge.storm.waiting", waiting, 0);
    ConfigCheck.positive("sentinel.edge.storm.patience", patience);
    ConfigCheck.require(
        !returnWithin.isNegative() && returnWithin.compareTo(patience) <= 0,
        "sentinel.edge.storm.return-within",
        returnWithin,
        "0s to sentinel.edge.storm.patience (" + patience + ")");
    ConfigCheck.atLeast("sentinel.edge.storm.ends", ends, 0);
    ConfigCheck.positive("sentinel.edge.storm.ends-within", endsWithin);
  }
}
