import { expect, it } from "vitest";
import { settingRefusal } from "../../../../src/pages/lab/actions/setting-refusal";

it("leaves out where in the request the setting stood", () => {
  expect(settingRefusal('body: policy: there is no policy "none"')).toBe('there is no policy "none"');
  expect(settingRefusal("body.min_replicas: Input should be greater than 0")).toBe("Input should be greater than 0");
  expect(settingRefusal("min_replicas is above max_replicas")).toBe("min_replicas is above max_replicas");
});
