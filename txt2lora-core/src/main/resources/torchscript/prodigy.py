# Prodigy (Mishchenko, Defazio, arXiv 2306.06101): Adam whose step size d is estimated from the distance travelled

class Prodigy(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  beta1 : float
  beta2 : float
  beta3 : float
  epsilon : float
  weight_decay : float
  d0 : float
  d_coef : float
  growth_rate : float
  use_bias_correction : bool
  safeguard_warmup : bool
  state : Dict[str, Tensor]

  def start(self, parameters: Tensor) -> Tensor:
    self.state["initial"] = parameters.clone()
    self.state["exp_avg"] = torch.zeros_like(parameters)
    self.state["exp_avg_sq"] = torch.zeros_like(parameters)
    self.state["s"] = torch.zeros_like(parameters)
    self.state["step"] = torch.zeros([], dtype=7)
    self.state["d"] = torch.zeros([], dtype=7) + self.d0
    self.state["d_max"] = torch.zeros([], dtype=7) + self.d0
    self.state["numerator"] = torch.zeros([], dtype=7)
    return parameters

  # A number of the state as a scalar on the device, so that nothing waits for what is computed with it.
  def number(self, key: str, parameters: Tensor) -> Tensor:
    return self.state[key].to(parameters.device)

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor) -> Tensor:
    if "step" not in self.state:
      self.start(parameters)
    step = float(self.state["step"])
    factor = float(learning_rate)
    if self.use_bias_correction:
      factor = factor * ((1.0 - self.beta2 ** (step + 1.0)) ** 0.5) / (1.0 - self.beta1 ** (step + 1.0))
    self.state["step"] = self.state["step"] + 1
    if factor == 0.0:
      return self.state["d"]
    d = self.number("d", parameters)
    rate = d * factor
    beta3 = self.beta3
    if beta3 != beta3: # NaN stands for the default
      beta3 = torch.sqrt(self.beta2)
    travelled = torch.dot(gradient, self.state["initial"] - parameters).to(7)
    numerator = self.number("numerator", parameters) * beta3 + (d / self.d0) * rate * travelled
    self.state["exp_avg"].mul_(self.beta1).add_(gradient * (d * (1.0 - self.beta1)))
    self.state["exp_avg_sq"].mul_(self.beta2).add_(gradient * gradient * (d * d * (1.0 - self.beta2)))
    weight = rate
    if self.safeguard_warmup:
      weight = d
    self.state["s"].mul_(beta3).add_(gradient * ((d / self.d0) * weight))
    denominator = self.state["s"].abs().sum().to(7)
    # without any gradient so far nothing moves
    moves = denominator != 0.0
    estimate = torch.where(moves, self.d_coef * numerator / denominator, torch.zeros_like(d))
    grown = torch.where(d == self.d0, torch.maximum(d, estimate), d) * self.growth_rate
    d_max = torch.maximum(self.number("d_max", parameters), estimate)
    self.state["numerator"] = torch.where(moves, numerator, self.number("numerator", parameters))
    self.state["d_max"] = torch.where(moves, d_max, self.number("d_max", parameters))
    self.state["d"] = torch.where(moves, torch.minimum(d_max, grown), d)
    deviation = self.state["exp_avg_sq"].sqrt().add_(self.state["d"] * self.epsilon)
    change = self.state["exp_avg"] / deviation * rate + parameters * (rate * self.weight_decay)
    parameters.sub_(torch.where(moves, change, torch.zeros_like(change)))
    return self.state["d"]

  def state_dict(self) -> Dict[str, Tensor]:
    return self.state

  def reset(self, parameters: Tensor, values: Tensor) -> Tensor:
    self.state.clear()
    return parameters.copy_(values)

  def load_state_dict(self, state: Dict[str, Tensor]) -> Tensor:
    for key in state.keys():
      self.state[key] = state[key].clone()
    return torch.zeros([])
