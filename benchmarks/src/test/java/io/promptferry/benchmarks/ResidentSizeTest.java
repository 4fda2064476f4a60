package io.promptferry.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentSizeTest {

  @Test
  void readsWhatLinuxTells() {
    ResidentSize size =
        ResidentSize.parse(
            List.of(
                "Name:\tjava",
                "VmPeak:\t 9999999 kB",
                "VmHWM:\t  307200 kB",
                "VmRSS:\t 204800 kB"));
    assertThat(size).isEqualTo(new ResidentSize(204_800, 307_200));
    assertThat(size).hasToString("200 MB resident, at most 300 MB");
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> ResidentSize.parse(List.of("VmRSS:\t 1 kB")))
        .hasMessageContaining("VmHWM");
  }
}
