# Adafactor (Shazeer, Stern, arXiv 1804.04235) with a learning rate given from outside. Second moments are kept as rows
# and columns of each LoRA matrix, so unlike the other optimizers it needs the matrices' places in the vector.

# The root mean square over `unit`, as a scalar that stays on the device, so that nothing waits for it.
def root_mean_square(x: Tensor, unit: float) -> Tensor:
  return x.norm() / (unit * float(x.numel()) ** 0.5)

class Adafactor(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  epsilon1 : float
  epsilon2 : float
  clip_threshold : float
  decay_rate : float
  beta1 : float
  weight_decay : float
  scale_parameter : bool
  state : Dict[str, Tensor]

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor, layout: Dict[str, Tensor]) -> Tensor:
    rate = torch.full([], float(learning_rate), dtype=7, device=parameters.device)
    if "step" not in self.state:
      self.state["step"] = torch.zeros([], dtype=7)
    step = self.state["step"].add_(1)
    beta2 = 1.0 - float(step) ** self.decay_rate
    weights = __torch__.adapter.matrices(parameters, layout)
    gradients = __torch__.adapter.matrices(gradient, layout)
    for key in weights.keys():
      self.update(key, weights[key], gradients[key], rate, beta2)
    return step

  def update(self, key: str, weights: Tensor, gradient: Tensor, rate: Tensor, beta2: float) -> Tensor:
    square = gradient ** 2 + self.epsilon1
    if key + ".row" not in self.state:
      self.state[key + ".row"] = torch.zeros_like(square.mean([-1]))
      self.state[key + ".column"] = torch.zeros_like(square.mean([-2]))
    row = self.state[key + ".row"].mul_(beta2).add_(square.mean([-1]), alpha=1.0 - beta2)
    column = self.state[key + ".column"].mul_(beta2).add_(square.mean([-2]), alpha=1.0 - beta2)
    change = torch.rsqrt(row / row.mean([-1], True)).unsqueeze(-1) * torch.rsqrt(column).unsqueeze(-2) * gradient
    change = change / __torch__.adafactor.root_mean_square(change, self.clip_threshold).clamp_min_(1.0)
    if self.scale_parameter:
      rate = rate * __torch__.adafactor.root_mean_square(weights, 1.0).clamp_min_(self.epsilon2)
    change = change * rate
    if self.beta1 > 0.0:
      if key + ".exp_avg" not in self.state:
        self.state[key + ".exp_avg"] = torch.zeros_like(weights)
      change = self.state[key + ".exp_avg"].mul_(self.beta1).add_(change, alpha=1.0 - self.beta1).clone()
    if self.weight_decay != 0.0:
      weights.mul_(1.0 - rate * self.weight_decay)
    weights.sub_(change)
    return weights

  def state_dict(self) -> Dict[str, Tensor]:
    return self.state

  def reset(self, parameters: Tensor, values: Tensor) -> Tensor:
    self.state.clear()
    return parameters.copy_(values)

  def load_state_dict(self, state: Dict[str, Tensor]) -> Tensor:
    for key in state.keys():
      self.state[key] = state[key].clone()
    return torch.zeros([])
